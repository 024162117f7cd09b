import assert from "node:assert/strict";
import { test } from "node:test";
import jsqr from "jsqr";
import { qrSvg } from "../../src/ui/qr.ts";

const decode = jsqr as unknown as typeof jsqr.default;

/** The modules of the image as pixels, each several times as wide, as a camera sees them. */
function pixelsOf(svg: string, scale = 4) {
  const [, size = "0"] = /viewBox="0 0 (\d+) \d+"/.exec(svg) ?? [];
  const width = Number(size) * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x = "", y = ""] of svg.matchAll(/M(\d+),(\d+)l1,0 0,1 -1,0 0,-1z/g))
    for (let row = 0; row < scale; row += 1)
      for (let column = 0; column < scale; column += 1)
        for (const colour of [0, 1, 2])
          data[4 * ((Number(y) * scale + row) * width + Number(x) * scale + column) + colour] = 0;
  return { data, width };
}

for (const url of ["http://127.0.0.1:8080/#abc", `https://board.example.org/labs/#${"Ab-_9".repeat(20)}`])
  test(`the code of an address is read again: ${url.slice(0, 30)}`, () => {
    const { text } = qrSvg(url);
    const { data, width } = pixelsOf(text);
    assert.equal(decode(data, width, width)?.data, url);
    assert.ok(!/href|script|on\w+=/.test(text));
  });
