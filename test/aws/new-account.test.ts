import assert from "node:assert/strict";
import { test } from "node:test";
import { errorCodes } from "../../src/providers/pulumi/aws/error-codes.ts";
import { cloudError, failureIn } from "../../src/providers/pulumi/errors.ts";

interface Refusal {
  status: number;
  word: string;
  /** As EC2 says it; each was seen where `seen` tells. */
  said: string;
  seen: string;
  code: string;
  message: RegExp;
  remedy: RegExp;
}

/** What EC2 answers to people whose account is new, or whose credentials may little. */
const refusals: Refusal[] = [
  {
    status: 400,
    word: "InvalidParameterCombination",
    said: "The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, run 'describe-instance-types' with the filter 'free-tier-eligible=true'.",
    seen: "LinkedInLearning/learning-terraform-3087701#345; nilbuild/developer-roadmap#10171",
    code: "cloud-free-plan",
    message: /free plan/,
    remedy: /`size: c7i-flex\.large`/,
  },
  {
    status: 400,
    word: "InvalidParameterCombination",
    said: "The specified image is not eligible for Free Tier. For a list of Free Tier images, run 'describe-images' with the filter 'free-tier-eligible=true'.",
    seen: "bitnami/vms#1838",
    code: "cloud-free-plan",
    message: /free plan/,
    remedy: /`image: debian-12`/,
  },
  {
    status: 400,
    word: "VcpuLimitExceeded",
    said: "You have requested more vCPU capacity than your current vCPU limit of 1 allows for the instance bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
    seen: "StreisandEffect/streisand#1715",
    code: "cloud-quota",
    message: /vCPU limit \(1\)/,
    remedy: /Service Quotas/,
  },
  {
    status: 400,
    word: "PendingVerification",
    said: "Your request for accessing resources in this region is being validated, and you will not be able to launch additional resources in this region until the validation is complete. We will notify you by email once your request has been validated. While normally resolved within minutes, please allow up to 4 hours for this process to complete.",
    seen: "skyplane-project/skyplane#799; clong/DetectionLab#635",
    code: "cloud-account-pending",
    message: /still verifying this account/,
    remedy: /4 hours.*aws-verification@amazon\.com/,
  },
  {
    status: 401,
    word: "OptInRequired",
    said: "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.",
    seen: "Appliscale/cloud-security-audit#24; awslabs/aws-deployment-framework#283",
    code: "cloud-account-incomplete",
    message: /has not opened EC2 in this region to the account/,
    remedy: /sign-up|enable the region/,
  },
  {
    status: 401,
    word: "OptInRequired",
    said: "In order to use this AWS Marketplace product you need to accept terms and subscribe. To do so please visit https://aws.amazon.com/marketplace/pp?sku=1",
    seen: "awslabs/harmonix#22",
    code: "cloud-account-incomplete",
    message: /Marketplace/,
    remedy: /accept the terms/i,
  },
  {
    status: 403,
    word: "UnauthorizedOperation",
    said: "You are not authorized to perform this operation. Encoded authorization failure message: 223e8OLcgbf297A_d_ySw4S3r167YSVenEb3X",
    seen: "hashicorp/terraform-provider-aws#29710; hashicorp/packer#5415",
    code: "cloud-forbidden",
    message: /does not permit this operation with these credentials/,
    remedy: /AmazonEC2FullAccess.*aws sts decode-authorization-message --encoded-message/,
  },
];

for (const { status, word, said, code, message, remedy } of refusals)
  test(`${word} (${said.slice(0, 40)}…) is ${code}, from EC2 itself and through Pulumi's plugin`, () => {
    const reported = `creating EC2 Instance: operation error EC2: RunInstances, https response error StatusCode: ${status}, RequestID: 6932a2ce-8fd6, api error ${word}: ${said}`;
    for (const error of [
      cloudError(errorCodes, { doing: "make the server cp", status, code: word, said: `${word}: ${said}` }),
      cloudError(errorCodes, {
        doing: "make the server cp",
        said: reported,
        ...failureIn(errorCodes, reported),
      }),
    ]) {
      assert.equal(error.code, code);
      assert.match(error.message, /^cannot make the server cp: the cloud /);
      assert.match(error.message, message);
      assert.match(error.remedy, remedy);
      assert.match(error.remedy, /^[A-Z].*\.$/);
      assert.ok(error.output?.includes(said));
    }
  });

test("another wrong combination of parameters is not blamed on the free plan", () => {
  const said =
    "InvalidParameterCombination: The parameter groupName cannot be used with the parameter subnet";
  const error = cloudError(errorCodes, {
    doing: "x",
    status: 400,
    code: "InvalidParameterCombination",
    said,
  });
  assert.equal(error.code, "cloud-refused");
});
