import { providerContract } from "./providers-contract.ts";
import { incusClusterCandidate } from "./providers-incus-cluster-candidate.ts";

providerContract(incusClusterCandidate);
