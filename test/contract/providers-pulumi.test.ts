import { providerContract } from "./providers-contract.ts";
import { pulumiCandidate } from "./providers-pulumi-candidate.ts";

providerContract(pulumiCandidate);
