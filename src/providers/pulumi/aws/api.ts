import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client, type Filter, type Tag } from "@aws-sdk/client-ec2";
import { messageOf } from "../../../errors.ts";
import { type CloudFailure, cloudError } from "../errors.ts";
import type { Tags } from "../tags.ts";
import { errorCodes } from "./error-codes.ts";

export interface Ec2Options {
  region: string;
  signal?: AbortSignal | undefined;
  /** How long removing something that is still in use is tried again, in milliseconds. */
  limit?: number;
  /** How long one answer may take, in milliseconds. */
  answerLimit?: number;
}

/** Options of every request. */
export interface Sending {
  abortSignal?: AbortSignal;
}

interface Asking {
  /** What it is for, in words that follow "cannot". */
  doing: string;
  /** Whether to try again while the cloud is still working on the same resource. */
  patient?: boolean;
}

const pauses = { first: 500, longest: 5000 };

/**
 * AWS' client does not use proxies from the environment; Node's own agents do, from 22.21 and 24.5 on. Older ones connect
 * directly.
 */
function throughProxies(): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
  const options = { keepAlive: true, maxSockets: 50, proxyEnv: process.env };
  return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
}

/**
 * EC2 in one region. Credentials, AWS_ENDPOINT_URL and the rest of the environment are read by AWS' own client, which
 * also tries again what was throttled or met a fault. We only read, remove, tag and start: nothing is made twice.
 */
export class Ec2 {
  readonly client: EC2Client;
  readonly sending: Sending;
  readonly #limit: number;

  constructor({ region, signal, limit = 120_000, answerLimit = 30_000 }: Ec2Options) {
    this.client = new EC2Client({
      region,
      maxAttempts: 5,
      requestHandler: {
        connectionTimeout: 5000,
        requestTimeout: answerLimit,
        throwOnRequestTimeout: true,
        ...throughProxies(),
      },
    });
    this.sending = signal ? { abortSignal: signal } : {};
    this.#limit = limit;
  }

  /** Does the work, and gives its errors their types and remedies. */
  async ask<T>({ doing, patient = false }: Asking, work: () => Promise<T>): Promise<T> {
    const { abortSignal } = this.sending;
    const giveUpAt = Date.now() + this.#limit;
    for (let pause = pauses.first; ; pause = Math.min(pause * 2, pauses.longest)) {
      const answer = await work().then(
        (value) => ({ value }),
        (cause: unknown) => ({ error: cloudError(errorCodes, { ...failureOf(cause), doing, cause }) }),
      );
      if ("value" in answer) return answer.value;
      abortSignal?.throwIfAborted();
      const isBusy = patient && answer.error.code === "cloud-busy";
      if (!isBusy || Date.now() + pause > giveUpAt) throw answer.error;
      await sleep(pause, undefined, abortSignal ? { signal: abortSignal } : {});
    }
  }

  /** Every page of a list. */
  async all<Page, T>(
    doing: string,
    pages: () => AsyncIterable<Page>,
    itemsOf: (page: Page) => T[] | undefined,
  ): Promise<T[]> {
    return this.ask({ doing }, async () => {
      const items: T[] = [];
      for await (const page of pages()) items.push(...(itemsOf(page) ?? []));
      return items;
    });
  }
}

/** What the client throws: a refusal by the cloud, or no answer. */
function failureOf(thrown: unknown): Omit<CloudFailure, "doing"> {
  const { name, code, $metadata } = thrown as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  const said = [name === "Error" ? code : name, messageOf(thrown)].filter(Boolean).join(": ");
  const status = $metadata?.httpStatusCode;
  return { said, ...(name !== undefined && { code: name }), ...(status !== undefined && { status }) };
}

export const tagsOf = (tags: readonly Tag[] = []): Tags =>
  Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [Key, Value]));

export const filter = (name: string, ...values: string[]): Filter => ({ Name: name, Values: values });
