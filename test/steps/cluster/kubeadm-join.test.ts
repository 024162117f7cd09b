import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubeadm-join.cases.ts";

testCases(import.meta.filename, cases);
