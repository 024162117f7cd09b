import { testCases } from "../../support/step-cases.ts";
import { cases } from "./ssh-login.cases.ts";

testCases(import.meta.filename, cases);
