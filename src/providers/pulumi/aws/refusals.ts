import type { Meaning } from "../errors.ts";

export interface Refusal {
  code: string;
  /** What EC2's message has to contain as well, if the code alone is ambiguous. */
  said?: RegExp;
  means: Meaning;
}

const upgrade = "or upgrade the account's plan in the AWS console (Billing and Cost Management)";

/**
 * EC2's errors for new accounts and for credentials with few rights, in its own words (each is quoted with
 * its source in test/aws/new-account.test.ts). The first that fits counts. Which sizes the free plan includes:
 * `aws ec2 describe-instance-types --filters Name=free-tier-eligible,Values=true`, aws-samples/eks-workshop-v2#1644.
 */
export const refusals: readonly Refusal[] = [
  {
    code: "InvalidParameterCombination",
    said: /instance type is not eligible for Free Tier/,
    means: {
      code: "cloud-free-plan",
      says: "does not give servers of this size to an account on the free plan",
      remedy: `Set \`size: c7i-flex.large\` (2 CPUs, 4 GB, included in the free plan) in \`cloud\` of the lab file, ${upgrade}.`,
    },
  },
  {
    code: "InvalidParameterCombination",
    said: /image is not eligible for Free Tier/,
    means: {
      code: "cloud-free-plan",
      says: "does not give this image to an account on the free plan",
      remedy: `Set another image, such as \`image: debian-12\` or \`image: ubuntu-24.04\`, in \`cloud\` of the lab file, ${upgrade}.`,
    },
  },
  {
    code: "VcpuLimitExceeded",
    means: {
      code: "cloud-quota",
      says: (said) => {
        const [, limit] = /vCPU limit of (\d+)/.exec(said) ?? [];
        return `has reached this account's vCPU limit${limit === undefined ? "" : ` (${limit})`}`;
      },
      remedy:
        "Ask for a higher limit in the AWS console (Service Quotas, EC2, Running On-Demand Standard instances): most sizes count 2 vCPUs for each machine. `labwright sweep` lists what labwright has made already.",
    },
  },
  {
    code: "PendingVerification",
    means: {
      code: "cloud-account-pending",
      says: "is still verifying this account for this region",
      remedy:
        "Wait for AWS's e-mail, which comes within 4 hours at most, and run the command again; if it does not come, write to aws-verification@amazon.com.",
    },
  },
  {
    code: "Blocked",
    means: {
      code: "cloud-account-blocked",
      says: "has blocked this account",
      remedy: "Write to aws-verification@amazon.com.",
    },
  },
  {
    code: "OptInRequired",
    said: /Marketplace/,
    means: {
      code: "cloud-account-incomplete",
      says: "gives this AWS Marketplace image only to its subscribers",
      remedy: "Accept the terms at the address below, or set `image: debian-12` in `cloud` of the lab file.",
    },
  },
  {
    code: "OptInRequired",
    means: {
      code: "cloud-account-incomplete",
      says: "has not opened EC2 in this region to the account",
      remedy:
        "Finish the account's sign-up in the AWS console (payment method and identity), or enable the region there (Account, AWS Regions).",
    },
  },
  {
    code: "UnauthorizedOperation",
    said: /Encoded authorization failure message/,
    means: {
      code: "cloud-forbidden",
      says: "does not permit this operation with these credentials",
      remedy:
        "Give their IAM user or role the policy AmazonEC2FullAccess. `aws sts decode-authorization-message --encoded-message TEXT` shows which permission is missing.",
    },
  },
];
