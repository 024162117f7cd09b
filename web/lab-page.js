import { html } from "htm/preact";
import { useState } from "preact/hooks";

/** The range of Kubernetes: kube-apiserver, --service-node-port-range. */
const [first, last] = [30_000, 32_767];

/**
 * Leads to what a lab serves at a NodePort, in a tab that has no way back to this one.
 * @param {{ nodePort: number, base: string, student?: string }} props
 */
export function LabPage({ nodePort, base, student }) {
  const [port, setPort] = useState(String(nodePort));
  const isRight = /^\d+$/.test(port) && Number(port) >= first && Number(port) <= last;
  const query = new URLSearchParams({ ...(student !== undefined && { student }), port });
  return html`
    <p class="lab-page">
      ${
        isRight
          ? html`<a href=${`${base}open?${query}`} target="_blank" rel="noopener noreferrer">Open the page (port ${port})</a>`
          : html`<span role="status">A NodePort is a number from ${first} to ${last}.</span>`
      }
      ${" "}
      <label>
        NodePort${" "}
        <input
          inputmode="numeric"
          maxlength="5"
          size="6"
          value=${port}
          onInput=${(/** @type {{ currentTarget: HTMLInputElement }} */ event) => setPort(event.currentTarget.value)}
        />
      </label>
    </p>
  `;
}
