import type { StepCases } from "../../support/step-cases.ts";
import { said } from "../../support/steps.ts";

/** For DNS:kubernetes, DNS:lab.example.org and IP:192.0.2.10. */
const certificate = said(`-----BEGIN CERTIFICATE-----
MIIBuDCCAV6gAwIBAgIUBnqi1j2X2kkhzNQ+wuQLXKcSeuQwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOa3ViZS1hcGlzZXJ2ZXIwIBcNMjYxMTMwMTEwNDE3WhgPMjEy
NjExMDYxMTA0MTdaMBkxFzAVBgNVBAMMDmt1YmUtYXBpc2VydmVyMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAEPnOq7M3tPtE92kFfP3Md9lAERAdOY9ErDG+Lhoh+
kScZqUOYmsJc8/fLXOqRbuTx5csw0S0rcgWeuf0X519F26OBgTB/MB0GA1UdDgQW
BBR0lTOcW7RF+l46SqvEmL9I7fBJcjAfBgNVHSMEGDAWgBR0lTOcW7RF+l46SqvE
mL9I7fBJcjAPBgNVHRMBAf8EBTADAQH/MCwGA1UdEQQlMCOCCmt1YmVybmV0ZXOC
D2xhYi5leGFtcGxlLm9yZ4cEwAACCjAKBggqhkjOPQQDAgNIADBFAiEAwBiFMD79
pcGty+k5jFVFTDd9KBR7fwjzyZExmUG3DKICICXLYsMiC4EujQE4gxPy1Opjy0yn
HX2H0L/8zVeX2cDC
-----END CERTIFICATE-----
`);

const listening = (listen: string) => ({ listen, name: "lab.example.org" });

export const cases: StepCases = {
  context: (context) => ({ ...context, lab: { ...context.lab, entrance: listening("192.0.2.10") } }),
  fresh: { differences: ["the control plane has not been initialised"] },
  right: { mark: said(""), certificate, cgroup: said("cgroup2fs\n"), container: said("docker\n") },
  alsoRight: {
    "a lab without an entrance": {
      context: ({ lab: { entrance, ...lab }, ...context }) => ({ ...context, lab }),
    },
    "an entrance at the loopback address, which every certificate has": {
      context: (context) => ({ ...context, lab: { ...context.lab, entrance: { listen: "127.0.0.1" } } }),
    },
  },
  wrong: {
    "an entrance at another address": {
      context: (context) => ({ ...context, lab: { ...context.lab, entrance: listening("192.0.2.11") } }),
      differences: ["the API server's certificate is not for 192.0.2.11"],
    },
    "a certificate that is gone": {
      facts: { certificate: said("", 1) },
      differences: [
        "the API server's certificate is not for 192.0.2.10",
        "the API server's certificate is not for lab.example.org",
      ],
    },
  },
  apply: { "a right machine": { on: "a right machine" } },
};
