import { providerContract } from "./providers-contract.ts";
import { sshCandidate } from "./providers-ssh-candidate.ts";

providerContract(sshCandidate);
