import assert from "node:assert/strict";
import { test } from "node:test";
import { beginningOf } from "../../../../src/commands/class/cards/card.ts";
import { cardsPage, isCards } from "../../../../src/commands/class/cards/page.ts";

const evil = `<script>alert("x")</script>&'`;
const escaped = `&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;'`;
const card = {
  ...{ student: "alice", display: "Alice Example", lab: "autumn-alice" },
  ssh: "ssh -p 13701 thor@192.168.1.5",
  accounts: [{ machine: "jump_host", user: "thor", password: "k3fd-9wqp-x7mt-h2vn" }],
};

test("a card has the class, the names, the login, the passwords and the first task", () => {
  const page = cardsPage({
    className: "autumn",
    task: { title: "A network", text: "Log in.\nMake it." },
    cards: [
      card,
      { student: "bob", lab: "autumn-bob", accounts: [], missing: "There is no lab for you yet." },
    ],
  });
  for (const part of [
    '<p class="class">autumn</p>\n<h1>Alice Example</h1>\n<p>Student <code>alice</code>, lab <code>autumn-alice</code></p>',
    "<pre>ssh -p 13701 thor@192.168.1.5</pre>",
    "<tr><td>jump_host</td><td>thor</td><td>k3fd-9wqp-x7mt-h2vn</td></tr>",
    "<h2>First task: A network</h2>\n<pre>Log in.\nMake it.</pre>",
    '<h1>bob</h1>\n<p>Student <code>bob</code>, lab <code>autumn-bob</code></p>\n<p class="missing">There is no lab for you yet.</p>\n<h2>First task',
    ".card { break-after: page;",
    "@page { size: A5;",
  ])
    assert.ok(page.includes(part), `${part} is in\n${page}`);
  assert.equal(page.match(/<section class="card">/g)?.length, 2);
  assert.doesNotMatch(page, /undefined|<svg/);
});

test("the command on the student's machine is named if there is a board", () => {
  const pageWith = (more: object) => cardsPage({ className: "autumn", cards: [{ ...card, ...more }] });
  const link = "https://board.example.org/#abc";
  assert.match(pageWith({ link }), /thor@192[^\n]*<\/pre>\n<p>There, <code>labwright help<\/code> shows/);
  assert.doesNotMatch(pageWith({}), /labwright help/);
  assert.doesNotMatch(pageWith({ link, ssh: undefined }), /labwright help/);
});

test("whatever people have written is text on a card", () => {
  const page = cardsPage({
    className: evil,
    task: { title: evil, text: evil, opens: evil },
    cards: [
      {
        ...{ student: evil, display: evil, lab: evil, link: `https://a/"${evil}`, ssh: evil, missing: evil },
        accounts: [{ machine: evil, user: evil, password: evil }],
      },
    ],
  });
  assert.doesNotMatch(page, /<script|alert\("/);
  assert.ok(page.includes(`<h1>${escaped}</h1>`));
  assert.ok(page.includes(`<title>${escaped}: cards</title>`));
  assert.ok(page.includes(`href="https://a/&quot;${escaped}"`));
});

test("a page asks nothing of anybody", () => {
  const page = cardsPage({ className: "a", cards: [{ ...card, link: "https://board.example.org/#abc" }] });
  assert.match(page, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  assert.doesNotMatch(page, /<(script|link|img|iframe|object)\b|\bsrc=|@import|url\(/);
  assert.match(page, /<svg[^>]*viewBox/);
  assert.match(page, /<a href="https:\/\/board\.example\.org\/#abc">/);
});

test("a page with cards is known by its beginning", () => {
  assert.ok(isCards(cardsPage({ className: "a", cards: [] })));
  assert.ok(
    !isCards('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Mine</title>'),
  );
});

test("a task begins with its first lines, without its title", () => {
  assert.equal(
    beginningOf("# A network\n\nMake `news`.\n\n- one\n- two\n", "A network"),
    "Make news.\n\n- one\n- two",
  );
  const long = beginningOf(Array.from({ length: 30 }, (_, line) => `- ${line}\n`).join(""), "A network");
  assert.match(long, /^- 0\n(.*\n)*- 9\n…$/);
});
