import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet-client-valid.cases.ts";

testCases(import.meta.filename, cases);
