import { testCases } from "../../support/step-cases.ts";
import { cases } from "./kubelet-outdated.cases.ts";

testCases(import.meta.filename, cases);
