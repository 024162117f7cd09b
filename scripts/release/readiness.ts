import { valid } from "semver";

/** What a release is decided by, as git, package.json and CHANGELOG.md say it. */
export interface Facts {
  /** `git status --porcelain` */
  status: string;
  branch: string;
  tags: readonly string[];
  manifest: { name: string; version: string; repository?: { url?: string } | string };
  lockVersion: string;
  changelog: string;
  /** npm proves where a package was built only if that was GitHub Actions or GitLab CI with an identity token. */
  hasIdentity: boolean;
}

export interface Problem {
  message: string;
  remedy: string;
}

/** Everything that stands against a release, the cheap checks only; `publish` is the real one. */
export function problemsOf(facts: Facts, { publish }: { publish: boolean }): Problem[] {
  const { status, branch, tags, manifest, lockVersion, changelog, hasIdentity } = facts;
  const { version } = manifest;
  const found: [isWrong: boolean, message: string, remedy: string][] = [
    [
      status.trim() !== "",
      `the working tree has changes: ${changedFiles(status)}`,
      "Commit or stash them, then run the script again.",
    ],
    [branch !== "main", `the branch is ${branch || "none"}, not main`, "Run `git switch main`."],
    [
      valid(version) === null,
      `package.json has the version ${version}, which is not a semantic version`,
      "Set it with `npm version --no-git-tag-version VERSION`.",
    ],
    [
      lockVersion !== version,
      `package-lock.json has the version ${lockVersion}, and package.json ${version}`,
      "Run `npm install --package-lock-only`.",
    ],
    [
      tags.includes(`v${version}`),
      `the tag v${version} exists already`,
      "Set the next version with `npm version --no-git-tag-version VERSION`.",
    ],
    [
      repositoryOf(manifest) === undefined,
      "package.json has no repository, which npm compares with the provenance",
      "Publish the repository, then set its address with `npm pkg set repository.type=git repository.url=URL`.",
    ],
    [
      publish && !hasIdentity,
      "this computer cannot prove where the package was built",
      "Run the workflow `release` instead, or leave out --publish.",
    ],
  ];
  return [
    ...found.filter(([isWrong]) => isWrong).map(([, message, remedy]) => ({ message, remedy })),
    ...changelogProblems(changelog, version),
  ];
}

const changedFiles = (status: string): string =>
  status
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.slice(3))
    .slice(0, 5)
    .join(", ");

const repositoryOf = ({ repository }: Facts["manifest"]): string | undefined =>
  typeof repository === "string" ? repository : repository?.url;

/** A version's heading is `## 0.1.0 (2026-11-29)`, and entries stand below it. */
function changelogProblems(changelog: string, version: string): Problem[] {
  const [, ...sections] = changelog.split(/^## /m);
  const section = sections.find((text) => text.split(/\s/, 1)[0] === version);
  if (section === undefined)
    return [
      { message: `CHANGELOG.md has no heading ${version}`, remedy: `Add \`## ${version} (YYYY-MM-DD)\`.` },
    ];
  const [heading = "", ...entries] = section.split("\n");
  return [
    ...(/\(\d{4}-\d{2}-\d{2}\)$/.test(heading.trim())
      ? []
      : [
          {
            message: `CHANGELOG.md has no date for ${version}: ${heading.trim()}`,
            remedy: `Write \`## ${version} (YYYY-MM-DD)\`.`,
          },
        ]),
    ...(entries.some((line) => line.startsWith("- "))
      ? []
      : [
          {
            message: `CHANGELOG.md has no entry for ${version}`,
            remedy: "Add what changed since the release before.",
          },
        ]),
  ];
}

/** The arguments of npm; nothing is uploaded unless `publish` is given. */
export const publishArguments = ({ publish }: { publish: boolean }): string[] => [
  ...["publish", "--provenance", "--access", "public"],
  ...(publish ? [] : ["--dry-run"]),
];
