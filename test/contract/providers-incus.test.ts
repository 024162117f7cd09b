import { providerContract } from "./providers-contract.ts";
import { incusCandidate } from "./providers-incus-candidate.ts";

providerContract(incusCandidate);
