import { providerContract } from "./providers-contract.ts";
import { vagrantCandidate } from "./providers-vagrant-candidate.ts";

providerContract(vagrantCandidate);
