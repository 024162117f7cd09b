/** A small generator of numbers that gives the same ones for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

interface Dice {
  one<T>(choices: readonly [T, ...T[]]): T;
  chance(part: number): boolean;
}

const diceFor = (seed: number): Dice => {
  const next = numbers(seed);
  return {
    one: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    chance: (part) => next() < part,
  };
};

const bodies = {
  clusters: ["cluster", "{server: https://example.org}"],
  contexts: ["context", "{cluster: a, user: b}"],
  users: ["user", "{token: 'x: y # z'}"],
} as const;

function comment(dice: Dice, depth: number): string[] {
  if (dice.chance(0.8)) return [];
  return dice.one([
    ["# a word"],
    [`${" ".repeat(depth)}# a word`],
    [`${" ".repeat(depth + 4)}# - no item`],
    [""],
    ["   "],
  ]);
}

/** One item of a list in one of the ways that people and programs write it. */
function item(dice: Dice, section: keyof typeof bodies, name: string, depth: number): string[] {
  const [key, flow] = bodies[section];
  const indent = " ".repeat(depth);
  const shown = dice.one([name, `"${name}"`, `'${name}'`]);
  const nested = dice.one([
    [`${key}: ${flow}`],
    [`${key}:`, "    cluster: a", "    user: b", "    note: |", "      some: text", "", "      # no comment"],
    [`${key}:`, "  # inside", `  cluster: a   # ${name}`],
    [`${key}: {}`, "extensions:", "- extension: 1", "  name: labwright"],
  ]);
  const fields = dice.chance(0.5) ? [`name: ${shown}`, ...nested] : [...nested, `name: ${shown}`];
  const dash = dice.one(["- ", "-   ", "-\n"]);
  const body =
    dash === "-\n"
      ? ["-", ...fields.map((field) => `  ${field}`)]
      : fields.map((field, index) => (index === 0 ? dash : " ".repeat(dash.length)) + field);
  return body.map((line) => (line.trim() === "" ? line : indent + line));
}

function list(dice: Dice, section: keyof typeof bodies): string[] {
  if (dice.chance(0.15)) return [];
  const tail = dice.one(["", "", " # tail"]);
  const empty = dice.one([
    false,
    false,
    false,
    `${section}: []`,
    `${section}: null`,
    `${section}:`,
    `${section}: ~`,
    `"${section}": [  ]`,
  ]);
  if (empty !== false) return [empty + tail];
  const [key, flow] = bodies[section];
  if (dice.chance(0.15))
    return [`${section}: [{name: a, ${key}: ${flow}}, {name: "b", ${key}: ${flow}}]${tail}`];
  const depth = dice.one([0, 2, 4]);
  const names = ["a", "b b", "c"].slice(0, dice.one([1, 2, 3]));
  const items = names.flatMap((name) => [...comment(dice, depth), ...item(dice, section, name, depth)]);
  return [`${section}:${tail}`, ...items, ...comment(dice, depth)];
}

/** A kubeconfig that is right, in a form that depends on `seed` alone. */
export function kubeconfig(seed: number): string {
  const dice = diceFor(seed);
  if (dice.chance(0.05)) return dice.one(["", "\n", "# only words", "---\n", "# a\n\n# b\n", "{}", "{}\n"]);
  const pointer = dice.one(["a", '"a"', "'b b'", '""', "", "a # now", "gone", "null"]);
  const blocks = [
    ["apiVersion: v1"],
    ["kind: Config"],
    dice.chance(0.8) ? [`current-context: ${pointer}`.trimEnd()] : [],
    dice.chance(0.5) ? ["preferences: {}"] : ["x-note: >-", "  folded", "  text"],
    list(dice, "clusters"),
    list(dice, "contexts"),
    list(dice, "users"),
  ];
  const ordered = blocks
    .map((lines) => ({ lines, key: dice.one([1, 2, 3, 4, 5, 6]) }))
    .sort((x, y) => x.key - y.key);
  const lines = ordered.flatMap((block) => [...comment(dice, 0), ...block.lines]);
  const head = dice.one([[], [], ["---"], ["# head"], ["", "# head", ""]]);
  const lineBreak = dice.one(["\n", "\n", "\r\n"]);
  const text =
    [...head, ...lines, ...comment(dice, 0)].join(lineBreak) +
    dice.one([lineBreak, lineBreak, "", lineBreak + lineBreak]);
  return (dice.chance(0.05) ? "\uFEFF" : "") + text;
}
