import { basename } from "node:path/posix";
import { z } from "zod";
import { sh } from "../../hosts/sh.ts";
import { askedAt, page } from "../../linux/http-get.ts";
import { step } from "../step.ts";

const word = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]*$/, "the name of a service is expected: lower-case letters, digits and hyphens");

/** Docker Compose labels everything that it makes with the project's folder and name. */
const label = "com.docker.compose.project.working_dir";

export const composeApp = step({
  summary:
    "Expects an application of several services that Docker Compose runs from a folder, and that answers over HTTP.",
  params: z.strictObject({
    folder: z
      .string()
      .regex(/^(\/[a-z0-9-]+)+$/, "an absolute path is expected")
      .describe("The folder of compose.yaml, as an absolute path."),
    services: z.array(word).min(1).describe("The services that have to run, as compose.yaml names them."),
    url: z.url().describe("The URL that is asked on the machine."),
    says: z.string().min(1).describe("Words that the answer must contain."),
    solution: z.string().describe("The text of compose.yaml that `solve` writes and starts."),
  }),
  example: {
    folder: "/srv/shop",
    services: ["web"],
    url: "http://localhost:8080/",
    says: "Welcome to nginx!",
    solution: 'services:\n  web:\n    image: nginx:stable\n    ports: ["8080:80"]\n',
  },

  probe: ({ folder, url }) => ({
    containers: sh`docker ps --filter ${`label=${label}=${folder}`} --format ${'{{.Label "com.docker.compose.service"}}'}`,
    page: page(askedAt(url)),
  }),

  check: ({ containers, page }, { folder, services, url, says }, { machine }) => {
    if (containers.code !== 0) return [`the Docker engine of ${machine.name} does not answer`];
    const running = containers.stdout.split("\n");
    return [
      ...services
        .filter((service) => !running.includes(service))
        .map((service) => `Docker Compose runs no service ${service} out of ${folder}`),
      ...(page.stdout.includes(says) ? [] : [`on ${machine.name}, ${url} does not answer with "${says}"`]),
    ];
  },

  apply: async (host, { folder, solution }) => {
    await host.write({ path: `${folder}/compose.yaml`, content: solution, mode: 0o600 });
    await host.run(sh`cd ${folder} && docker compose up --detach --remove-orphans 2>&1`);
  },

  // Docker Compose names what it makes after the folder and the service.
  places: ({ folder, services }) => [
    { kind: "file", name: folder },
    { kind: "docker network", name: `${basename(folder)}_default` },
    ...services.map((service) => ({
      kind: "docker container" as const,
      name: `${basename(folder)}-${service}-1`,
    })),
  ],

  undo: async (host, { folder }) => {
    const mine = `label=${label}=${folder}`;
    await host.run(sh`
      projects=$(docker ps --all --filter ${mine} --format '{{.Label "com.docker.compose.project"}}' | sort -u)
      for project in $projects; do docker compose --project-name "$project" down --volumes --remove-orphans 2>&1 || exit 1; done`);
  },

  patience: { seconds: 30, for: "the application to answer" },
});
