import { z } from "zod";
import { type Scene, step } from "../engine/step.ts";
import { type Command, lines, sh } from "../hosts/sh.ts";
import type { Output } from "../hosts/types.ts";
import { kubectl } from "./shared/kubectl.ts";
import { addressOf, nodesOf } from "./shared/lab.ts";
import { objectName } from "./shared/objects.ts";

const says = z.array(z.string().min(1)).default([]);

/** Asked from inside a pod that has the program `web` of the exercises' images. */
const fromPod = z.strictObject({
  namespace: objectName,
  /** As `kubectl exec` takes it: `deployment/visitor`. */
  from: z.string().regex(/^[a-z]+\/[a-z0-9-]+$/),
  container: objectName.optional(),
  url: z.url({ protocol: /^http$/ }),
  says,
});

/** Asked at the NodePort of a Service, on every node. */
const atNodePort = z.strictObject({ namespace: objectName, service: objectName, says });

/** Something in the cluster answers over HTTP with 200, and with all the words of `says`. Nothing is applied. */
export const kubeAnswers = step({
  params: z.union([fromPod, atNodePort]),

  probe: (params, scene) => ({
    answer: "url" in params ? fromInside(params) : onEveryNode(params, scene),
  }),

  check: (facts, params, { lab }) => {
    if ("url" in params) {
      const { code, stdout } = facts.answer;
      const asked = `asked from ${params.from.replace("/", " ")}, ${params.url}`;
      return code === 0 ? unsaid(asked, stdout, params.says) : [`${asked} ${reason(stdout)}`];
    }
    const { code, stdout } = facts.answer;
    if (code !== 0) return [`the service ${params.service} is on no port of the nodes`];
    const answers = answersIn(stdout);
    return nodesOf(lab).flatMap(({ name }) => {
      const { status, body } = answers.get(name) ?? { status: "000", body: "" };
      if (status === "200") return unsaid(name, body, params.says);
      return [`${name} answers ${status === "000" ? "not at all" : `with status ${status}`}`];
    });
  },

  patience: { seconds: 60, for: "an answer" },
});

const fromInside = ({ namespace, from, container, url }: z.infer<typeof fromPod>): Command =>
  kubectl(
    sh`-n ${namespace} exec ${from} ${container === undefined ? [] : ["-c", container]} -- web get ${url} 2>&1`,
  );

/** Prints for each node `name <tab> status <tab> body on one line`; fails where the Service has no NodePort. */
function onEveryNode({ namespace, service }: z.infer<typeof atNodePort>, scene: Scene): Command {
  const nodes = nodesOf(scene.lab).map(
    ({ name }) => sh`
      page=$(curl --silent --noproxy '*' --max-time 3 --write-out '\n%{http_code}' ${`http://${addressOf(scene, name)}:`}"$port"/)
      printf '%s\t%s\t%s\n' ${name} "$(printf %s "$page" | tail -n 1)" "$(printf %s "$page" | sed '$d' | tr '\n\t' '  ')"`,
  );
  return lines([
    sh`port=$(${kubectl(sh`-n ${namespace} get service ${service} -o jsonpath=${"{.spec.ports[0].nodePort}"}`)}) && [ -n "$port" ] || exit 1`,
    ...nodes,
  ]);
}

const answersIn = (stdout: string): Map<string, { status: string; body: string }> =>
  new Map(
    stdout.split("\n").map((line) => {
      const [name = "", status = "000", body = ""] = line.split("\t");
      return [name, { status, body }];
    }),
  );

const unsaid = (who: string, body: string, says: Output["stdout"][]): string[] =>
  says
    .filter((words) => !body.includes(words))
    .map(
      (words) =>
        `${who} answers without "${words}": ${body.trim().replaceAll("\n", ", ").slice(0, 120) || "nothing"}`,
    );

/** Words for what kubectl and `web get` print where there is no answer. */
const reasons: [RegExp, string][] = [
  [/no such host|server misbehaving/, "has a name that is not known"],
  [/connection refused/, "does not answer: connection refused"],
  [/status (\d+)/, "answers with status $1"],
  [/deadline exceeded|timeout|Timeout/, "does not answer in time"],
  [/\(NotFound\)|not found/, "cannot be asked: there is nothing to ask from"],
  [/container .* (is not valid|not found)/, "cannot be asked: there is no such container to ask from"],
];

function reason(printed: string): string {
  for (const [pattern, words] of reasons) {
    const match = pattern.exec(printed);
    if (match) return words.replace("$1", match[1] ?? "");
  }
  return `cannot be asked: ${printed.trim().split("\n")[0]}`;
}
