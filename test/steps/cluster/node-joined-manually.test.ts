import { testCases } from "../../support/step-cases.ts";
import { cases } from "./node-joined-manually.cases.ts";

testCases(import.meta.filename, cases);
