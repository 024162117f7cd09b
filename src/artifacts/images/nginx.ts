import { fixedSet, type ImageSet } from "./image-set.ts";
import { type ImageRecipe, path } from "./recipes.ts";

/** One server on port 80 with its pages in the folder of nginx's own image, so that volumes can be mounted there. */
const site = `server {
    listen 80;
    server_name localhost;

    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
}
`;

/** nginx as Debian packages it, behaving like nginx's own image. */
const recipe: ImageRecipe = {
  base: "userland",
  programs: {},
  texts: { "/etc/nginx/conf.d/default.conf": site },
  symlinks: {
    // Debian's own site would claim port 80 as the default server.
    "/etc/nginx/sites-enabled/default": "/dev/null",
    "/var/log/nginx/access.log": "/dev/stdout",
    "/var/log/nginx/error.log": "/dev/stderr",
  },
  config: {
    Env: [path],
    Cmd: ["nginx", "-g", "daemon off;"],
    WorkingDir: "/",
    StopSignal: "SIGQUIT",
    ExposedPorts: { "80/tcp": {} },
  },
};

const nginx = (name: string, tag: string): ImageSet =>
  fixedSet(name, [`docker.io/library/nginx:${tag}`], { nginx: recipe });

export const nginxImages = nginx("nginx", "latest");

/** A kubelet asks a registry about the tag `latest`, even if the image is on its node. It does not for another tag. */
export const nginxStableImages: ImageSet = { ...nginx("nginx-stable", "stable"), forExercisesOnly: true };
