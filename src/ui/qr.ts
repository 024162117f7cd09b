import qrcode from "qrcode-generator";
import { Html } from "./html.ts";

/** A QR code of an address as an image of vectors in a page; it has the quiet zone of 4 modules that readers need. ISO/IEC 18004. */
export function qrSvg(url: string): Html {
  // 0: the smallest code that has room; M: readable with 15 % of it damaged, as by a fold.
  const code = qrcode(0, "M");
  code.addData(url, "Byte");
  code.make();
  return new Html(code.createSvgTag({ cellSize: 1, margin: 4, scalable: true }));
}
