import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kube-pods.cases.ts";

testCases(import.meta.filename, cases);
