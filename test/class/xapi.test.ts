import assert from "node:assert/strict";
import { test } from "node:test";
import { isExport } from "../../src/class/export.ts";
import { uuidOf } from "../../src/class/uuid.ts";
import type { Work } from "../../src/class/work.ts";
import { type Statement, statementsOf, statementsText } from "../../src/class/xapi.ts";
import { assertHomePage } from "../../src/commands/class/xapi.ts";

const at = (minutes: number) => new Date(Date.parse("2026-11-30T10:00:00Z") + minutes * 60_000).toISOString();
const attempt = { of: 10, goals: 3, hints: 0, seconds: 61.256 };
const failed = { ...attempt, passed: false, points: 0, right: 1 };
const passed = { ...attempt, passed: true, points: 10, right: 3 };

const work = (student: string, history: Work["history"] & {}, firstPass?: string): Work => ({
  grade: {
    ...{ student, exercise: "jobs", state: "started", attempts: 0, points: 0, hints: 0 },
    ...(firstPass !== undefined && { firstPass }),
  },
  history,
});
const autumn = { name: "autumn" };
const titles = new Map([["jobs", "Kopiere die Jobs"]]);
const alice = work(
  "alice",
  [
    { what: "started", at: at(0) },
    { what: "check", at: at(2), ...failed },
    { what: "hint", at: at(3), hint: 1 },
    { what: "check", at: at(6), ...passed },
    { what: "check", at: at(7), ...passed },
    { what: "solved", at: at(8) },
    { what: "reset", at: at(9) },
    { what: "restored", at: at(10) },
  ],
  at(6),
);
const bob = work("bob", [{ what: "check", at: at(5), ...passed, background: true }], at(5));
const statements = statementsOf(autumn, [alice, bob], { titles });
const told = (some: readonly Statement[]) =>
  some.map(({ actor, verb, timestamp }) => [
    actor.account.name,
    verb.id.replace("http://adlnet.gov/expapi/verbs/", ""),
    timestamp,
  ]);

test("what students did is told by time; of a background check, only its pass is told", () => {
  assert.deepEqual(told(statements), [
    ["alice", "initialized", at(0)],
    ["alice", "attempted", at(2)],
    ["alice", "asked", at(3)],
    ["bob", "passed", at(5)],
    ["alice", "attempted", at(6)],
    ["alice", "passed", at(6)],
    ["alice", "attempted", at(7)],
  ]);
});

test("a statement has account, exercise, result and platform", () => {
  const { id: _, ...second } = statements[1] ?? assert.fail();
  const base = "https://labwright.invalid/classes/autumn";
  assert.deepEqual(second, {
    actor: { objectType: "Agent", account: { homePage: base, name: "alice" } },
    verb: { id: "http://adlnet.gov/expapi/verbs/attempted", display: { en: "attempted" } },
    object: {
      ...{ objectType: "Activity", id: `${base}/exercises/jobs` },
      definition: {
        name: { und: "Kopiere die Jobs" },
        type: "http://adlnet.gov/expapi/activities/assessment",
      },
    },
    result: {
      score: { scaled: 0, raw: 0, min: 0, max: 10 },
      success: false,
      duration: "PT61.26S",
      extensions: { [`${base}/extensions/right`]: 1, [`${base}/extensions/goals`]: 3 },
    },
    context: { platform: "labwright" },
    timestamp: at(2),
  });
  assert.deepEqual(statements[5]?.result?.score, { scaled: 1, raw: 10, min: 0, max: 10 });
  assert.deepEqual(statements[2]?.context.extensions, { [`${base}/extensions/hint`]: 1 });
});

test("the home page is the site of accounts and exercises", () => {
  const [first] = statementsOf(autumn, [alice], { titles, homePage: "https://school.example/" });
  assert.equal(first?.actor.account.homePage, "https://school.example/");
  assert.equal(first?.object.id, "https://school.example/exercises/jobs");
  for (const right of ["https://school.example", "https://school.example/", "http://a.example:8080/moodle"])
    assertHomePage(right);
  for (const wrong of [
    ...["school.example", "mailto:a@school.example", "https://a.example/?b", "https://a.example/#b"],
    ...["https://me@a.example", "", "https://"],
  ])
    assert.throws(() => assertHomePage(wrong), { code: "home-page", exit: 2, remedy: /school\.example/ });
  assert.throws(() => assertHomePage("https://a.example/a b"), { remedy: "Write https://a.example/a%20b." });
});

test("what was graded after the exercise was closed is an attempt without a result", () => {
  const times = new Map([["jobs", { closes: new Date(at(5)) }]]);
  const late = statementsOf({ ...autumn, times }, [{ ...alice, grade: work("alice", []).grade }], { titles });
  assert.deepEqual(
    late.filter(({ verb }) => /attempted|passed/.test(verb.id)).map(({ result }) => result?.success),
    [false, undefined, undefined],
  );
});

test("an extension counts from then on, and changes no statement that was exported before", () => {
  const late = { ...autumn, times: new Map([["jobs", { closes: new Date(at(5)) }]]) };
  const entries: Work["history"] = [
    { what: "check", at: at(6), ...failed },
    { what: "check", at: at(7), ...passed },
  ];
  const before = statementsOf(late, [work("alice", entries)], { titles });
  const more = { what: "extended" as const, at: at(8), seconds: 600 };
  const extended = work("alice", [...entries, more, { what: "check", at: at(9), ...failed }], at(7));
  const { grade, history } = extended;
  const now = statementsOf(late, [{ grade: { ...grade, extended: 600 }, history: history ?? [] }], {
    titles,
  });
  assert.deepEqual(
    now.filter(({ verb }) => /attempted/.test(verb.id)).slice(0, 2),
    before,
    "a store would count another id twice, and refuse other contents under the same one",
  );
  assert.deepEqual(
    now.map(({ verb, result }) => [verb.display.en, result?.success]),
    [
      ["attempted", undefined],
      ["attempted", undefined],
      ["passed", true],
      ["attempted", false],
    ],
  );
});

test("an exercise without points has no score, which would need a max above its min", () => {
  const some = work("alice", [{ what: "check", at: at(1), ...passed, points: 0, of: 0 }]);
  const [only] = statementsOf(autumn, [some], { titles });
  assert.deepEqual([only?.result?.score, only?.result?.success], [undefined, true]);
});

test("a second export is the same text, and ids are those of the contents", () => {
  const again = statementsOf(autumn, structuredClone([alice, bob]), { titles });
  assert.equal(statementsText(again), statementsText(statements));
  assert.deepEqual(JSON.parse(statementsText(statements)), statements);
  const one = statementsOf(autumn, [alice], { titles });
  assert.deepEqual(
    one.map(({ id }) => id),
    statements.filter(({ actor }) => actor.account.name === "alice").map(({ id }) => id),
    "whoever else is exported",
  );
  const { history = [] } = alice;
  const changed = history.map((entry) => (entry.at === at(2) ? { ...entry, right: 2 } : entry));
  const other = statementsOf(autumn, [{ ...alice, history: changed }], { titles });
  assert.deepEqual(
    one.flatMap(({ id }, index) => (other[index]?.id === id ? [] : [index])),
    [1],
  );
  assert.equal(new Set(statements.map(({ id }) => id)).size, statements.length);
});

test("a UUID of version 5 is the one that the RFC gives for a name", () => {
  // RFC 9562, A.4, in the namespace of DNS names.
  assert.equal(
    uuidOf("www.example.com", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
    "2ed6657d-e927-568b-95e1-2665a8aea6a2",
  );
});

test("an export of statements replaces its own kind only", () => {
  assert.ok(isExport(statementsText(statements)));
  assert.ok(isExport(statementsText([])), "of a class in which nothing has happened");
  const foreign = statements.map((one) => ({ ...one, context: { platform: "moodle" } }));
  for (const text of ["[]", "[]\n", "[\n]\n", JSON.stringify(foreign), JSON.stringify([statements[0], 1])])
    assert.ok(!isExport(text), text);
});

/** An IRI has a scheme; a fragment of one is none (2.4.4.1). */
const isIri = (text: string): boolean => /^[a-z][a-z0-9+.-]*:[^\s<>"{}|\\^`]+$/i.test(text);

/** RFC 5646, 2.1: a language of 2 to 8 letters, and subtags of at most 8. */
const assertLanguageMap = (map: Record<string, string>): void => {
  assert.ok(Object.keys(map).length > 0);
  for (const [tag, words] of Object.entries(map)) {
    assert.match(tag, /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i);
    assert.ok(words.length > 0);
  }
};

const allows = (one: object, keys: readonly string[]): void =>
  assert.deepEqual(
    Object.keys(one).filter((key) => !keys.includes(key)),
    [],
  );

/**
 * Asserts the rules of xAPI 1.0.3, part two, that concern what we write (https://github.com/adlnet/xAPI-Spec/blob/master/xAPI-Data.md):
 * 2.2 properties and values, 2.4.1 ids, 2.4.2 actors, 2.4.3 verbs, 2.4.4.1 activities, 2.4.5 results with 2.4.5.1 scores, 2.4.6 contexts,
 * 2.4.7 timestamps, 2.4.10 versions, 4.1 extensions, 4.2 language maps, 4.5 timestamps and 4.6 durations.
 */
function assertConforms(one: Statement): void {
  allows(one, ["id", "actor", "verb", "object", "result", "context", "timestamp"]);
  assert.doesNotMatch(JSON.stringify(one), /null|\{\}/, "2.2: no null, and no empty object");
  assert.match(one.id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, "2.4.1");
  allows(one.actor, ["objectType", "account"]);
  allows(one.actor.account, ["homePage", "name"]);
  assert.ok(/^https?:/.test(one.actor.account.homePage) && isIri(one.actor.account.homePage), "2.4.2.4");
  assert.match(one.verb.id, /^http:\/\/adlnet\.gov\/expapi\/verbs\/[a-z]+$/, "2.4.3");
  assertLanguageMap(one.verb.display);
  assert.equal(one.object.objectType, "Activity");
  assert.ok(isIri(one.object.id) && isIri(one.object.definition.type), "2.4.4.1");
  assertLanguageMap(one.object.definition.name);
  for (const key of Object.keys({ ...one.result?.extensions, ...one.context.extensions }))
    assert.ok(isIri(key), "4.1");
  if (one.result) {
    allows(one.result, ["score", "success", "duration", "extensions"]);
    assert.equal(typeof one.result.success, "boolean");
    assert.match(one.result.duration, /^PT\d+(\.\d{1,2})?S$/, "4.6");
    const { scaled, raw, min, max } = one.result.score ?? { scaled: 0, raw: 0, min: 0, max: 1 };
    assert.ok(scaled >= -1 && scaled <= 1 && min < max && raw >= min && raw <= max, "2.4.5.1");
  }
  allows(one.context, ["platform", "extensions"]);
  assert.match(one.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:\d\d)$/, "4.5, RFC 3339");
  assert.ok(Date.parse(one.timestamp) <= Date.now(), "2.4.7: not in the future");
}

test("every statement keeps to the specification", () => {
  const times = new Map([["jobs", { closes: new Date(at(5)) }]]);
  const all = [
    ...statements,
    ...statementsOf({ ...autumn, times }, [alice], { titles }),
    ...statementsOf(autumn, [work("zoe", [{ what: "check", at: at(1), ...failed, of: 0 }])], {
      titles: new Map(),
      homePage: "http://school.example/moodle",
    }),
  ];
  assert.ok(all.length > 10);
  for (const one of all) assertConforms(one);
});
