import type { Component } from "../components.ts";
import type { ImageConfig } from "./archive.ts";

/** What an image is made from, as plain data: a hash of it is part of the image's identity. */
export interface ImageRecipe {
  /** `userland` is a small Debian; `scratch` has nothing but folders that programs expect. */
  base: "scratch" | "userland";
  /** Where programs go: path in the image → the program. */
  programs: Record<string, { component: Component; program: string }>;
  /** Second names for programs: path → path. */
  links?: Record<string, string>;
  folders?: Record<string, { mode: number; uid: number }>;
  texts?: Record<string, string>;
  symlinks?: Record<string, string>;
  config: ImageConfig;
}

/** The search path of the images' programs. */
export const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A static program alone, found through PATH: static pods call it by its bare name. */
export const inPath = (component: Component, ...programs: string[]): ImageRecipe => ({
  base: "scratch",
  programs: Object.fromEntries(
    programs.map((program) => [`/usr/local/bin/${program}`, { component, program }]),
  ),
  config: { Env: [path], Cmd: [`/usr/local/bin/${programs[0]}`], WorkingDir: "/" },
});
