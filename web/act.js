/** @import { Refusal } from "../src/board/view.ts" */
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import { post } from "./connection.js";

/**
 * What asks the service for an action, and why it has refused the last one.
 * @param {string} base
 */
export function useAction(base) {
  const [refusal, setRefusal] = useState(/** @type {Refusal | undefined} */ (undefined));
  /** @param {Record<string, string | number>} body */
  const act = async (body) => {
    try {
      await post(`${base}do`, body);
      setRefusal(undefined);
      return true;
    } catch (error) {
      setRefusal(/** @type {Refusal} */ (error));
      return false;
    }
  };
  const words = refusal && html`<p class="refusal" role="alert">${refusal.message}. ${refusal.remedy}</p>`;
  return { act, words };
}
