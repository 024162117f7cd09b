import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubeadm-init.cases.ts";

testCases(import.meta.filename, cases);
