import { Html, html } from "../../../ui/html.ts";
import { qrSvg } from "../../../ui/qr.ts";

/** What one student's card has. */
export interface Card {
  student: string;
  /** The person's real name. */
  display?: string | undefined;
  /** The lab's name. */
  lab: string;
  /** The student's page on the board. */
  link?: string | undefined;
  /** The command that logs in to the machine at which the student begins. */
  ssh?: string | undefined;
  accounts: readonly { machine: string; user: string; password: string }[];
  /** Why the card does not lead to a lab. */
  missing?: string | undefined;
}

/** The exercise with which the class begins. */
export interface FirstTask {
  title: string;
  /** The beginning of its text; empty if it is not shown yet. */
  text: string;
  /** When it opens. */
  opens?: string | undefined;
}

export interface CardsPage {
  className: string;
  task?: FirstTask | undefined;
  cards: readonly Card[];
}

/** How a page with cards begins, and no other file. */
const head = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="labwright class cards">
`;

/** Whether a text is a page with cards that labwright has written. */
export const isCards = (text: string): boolean => text.startsWith(head);

/** Black on white, a page for each card; nothing is loaded from anywhere. */
const style = `
@page { size: A5; margin: 10mm 12mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 124mm; color: #000; background: #fff; font: 10pt/1.35 system-ui, sans-serif; }
.card { break-after: page; }
.card:last-child { break-after: auto; }
h1 { margin: 0; font-size: 20pt; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 4mm 0 1mm; font-size: 11pt; }
a { color: #000; }
p { margin: 0 0 1mm; }
.class { font-size: 10pt; }
.link { display: flex; gap: 4mm; align-items: center; margin-top: 2mm; overflow-wrap: anywhere; }
.link svg { flex: none; width: 34mm; height: 34mm; }
code, pre, td { font-family: ui-monospace, monospace; font-size: 9pt; overflow-wrap: anywhere; }
pre { margin: 0; white-space: pre-wrap; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 0.3mm solid #000; padding: 0.8mm 2mm; text-align: left; }
.missing { border: 0.5mm solid #000; padding: 2mm; }
@media screen { .card { padding: 4mm 0; border-bottom: 0.3mm dashed #000; } }
`;

/** A printable page for each student, as one HTML document. */
export const cardsPage = ({ className, task, cards }: CardsPage): string =>
  html`${new Html(head)}<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${className}: cards</title>
<style>${new Html(style)}</style>
</head>
<body>
${cards.map((card) => cardSection(className, card, task))}</body>
</html>
`.text;

const cardSection = (
  className: string,
  card: Card,
  task: FirstTask | undefined,
): Html => html`<section class="card">
<p class="class">${className}</p>
<h1>${card.display ?? card.student}</h1>
<p>Student <code>${card.student}</code>, lab <code>${card.lab}</code></p>
${card.missing === undefined ? undefined : html`<p class="missing">${card.missing}</p>\n`}${linkOf(card)}${sshOf(card)}${accountsOf(card)}${taskOf(task)}</section>
`;

const linkOf = ({ link }: Card): Html | undefined =>
  link === undefined
    ? undefined
    : html`<div class="link">${qrSvg(link)}<p>Your page:<br><a href="${link}">${link}</a></p></div>\n`;

const sshOf = ({ ssh, link }: Card): Html | undefined =>
  ssh === undefined
    ? undefined
    : html`<h2>Log in</h2>\n<pre>${ssh}</pre>\n${link === undefined ? undefined : html`<p>There, <code>labwright help</code> shows how you get tasks, checks and hints without your page.</p>\n`}`;

const accountsOf = ({ accounts }: Card): Html | undefined =>
  accounts.length === 0
    ? undefined
    : html`<h2>Passwords</h2>
<table>
<tr><th>Machine</th><th>Account</th><th>Password</th></tr>
${accounts.map(({ machine, user, password }) => html`<tr><td>${machine}</td><td>${user}</td><td>${password}</td></tr>\n`)}</table>
`;

const taskOf = (task: FirstTask | undefined): Html | undefined =>
  task &&
  html`<h2>First task: ${task.title}</h2>
${task.opens === undefined ? undefined : html`<p>It opens at ${task.opens}.</p>\n`}${task.text === "" ? undefined : html`<pre>${task.text}</pre>\n`}`;
