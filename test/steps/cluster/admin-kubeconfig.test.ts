import { testCases } from "../../support/step-cases.ts";
import { cases } from "./admin-kubeconfig.cases.ts";

testCases(import.meta.filename, cases);
