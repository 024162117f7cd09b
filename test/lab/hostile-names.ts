/** Names that a shell, a path or a line of a file would read as something else. `mark` is a file that none may make. */
export const hostileNames = (mark: string): string[] => [
  `$(touch ${mark})`,
  `\`touch ${mark}\``,
  `'; touch ${mark}; '`,
  `"; touch ${mark}; "`,
  `x\ntouch ${mark}\n`,
  `x | touch ${mark}`,
  "a b",
  "a'b\"c",
  "a\nb",
  "a\n",
  "--help",
  "-oProxyCommand=true",
  "../../etc",
  "a\u0000b",
  "",
];
