import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet-config.cases.ts";

testCases(import.meta.filename, cases);
