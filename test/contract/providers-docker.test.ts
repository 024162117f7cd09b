import { providerContract } from "./providers-contract.ts";
import { dockerCandidate } from "./providers-docker-candidate.ts";

providerContract(dockerCandidate);
