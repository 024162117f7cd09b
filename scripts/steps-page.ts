import { writeFile } from "node:fs/promises";
import { stepsFile, stepsPage } from "./steps-page/page.ts";

await writeFile(stepsFile, await stepsPage());
