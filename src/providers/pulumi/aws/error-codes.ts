import type { ErrorCodes, Meaning, Word } from "../errors.ts";
import { refusals } from "./refusals.ts";

/**
 * EC2's error codes, and those of the programs that look for credentials.
 * https://docs.aws.amazon.com/ec2/latest/devguide/errors-overview.html
 */
const words: [RegExp, Word][] = [
  [/^(CredentialsProviderError|TokenProviderError|No valid credential sources found)$/, "noCredentials"],
  [/^(AuthFailure|InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch)$/, "credentials"],
  [/^(ExpiredToken|ExpiredTokenException|RequestExpired|MissingAuthenticationToken)$/, "credentials"],
  [/^(UnauthorizedOperation|AccessDenied(Exception)?)$/, "forbidden"],
  [/^(RequestLimitExceeded|Throttling(Exception)?)$/, "rate"],
  [/LimitExceeded$/, "quota"],
  [/^(Insufficient\w*Capacity|Unsupported)$/, "soldOut"],
  [/(\.NotFound|^InvalidAMIID\.(Unavailable|Malformed))$/, "notFound"],
  // A killed run made what occupies a private address, a part of the network or the network's one gateway.
  [
    /(\.Duplicate|^InvalidIPAddress\.InUse|^InvalidSubnet\.Conflict|^Resource\.AlreadyAssociated)$/,
    "nameTaken",
  ],
  [/^(DependencyViolation|IncorrectState|IncorrectInstanceState|VolumeInUse|InvalidGroup\.InUse)$/, "busy"],
  [/^(InternalError|InternalFailure|ServerInternal|Unavailable|ServiceUnavailable)$/, "broken"],
];

const refusalOf = (code: string, said: string): Meaning | undefined =>
  refusals.find((one) => one.code === code && (one.said?.test(said) ?? true))?.means;

export const errorCodes: ErrorCodes = {
  credentials: "AWS credentials in AWS_PROFILE, or in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
  endpoint: "AWS_ENDPOINT_URL",
  wordOf: (code, said) => refusalOf(code, said) ?? words.find(([pattern]) => pattern.test(code))?.[1],
  // `… https response error StatusCode: 400, RequestID: 1b2…, api error VcpuLimitExceeded: You have …`
  codes: /(?<=api error )[\w.]+|No valid credential sources found/g,
  status: /(?<=response error StatusCode: )[1-5]\d\d/,
};
