import assert from "node:assert/strict";
import type { TestLab } from "./support.ts";

interface ConfigMap {
  metadata: { name: string; uid: string; resourceVersion: string };
  data: Record<string, string>;
}

/** Name → everything of the object that the API server shows. */
export type Objects = Record<string, ConfigMap>;

const kubectl = "/usr/local/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf";

/** ConfigMaps with numbers, in the namespace `ledger`. */
export class Ledger {
  readonly #lab: TestLab;
  readonly #machine: string;

  constructor(lab: TestLab, machine: string) {
    this.#lab = lab;
    this.#machine = machine;
  }

  /** A namespace with a thousand objects, which are returned. */
  async begin(): Promise<Objects> {
    await this.#lab.inside(this.#machine, `${kubectl} create namespace ledger`);
    await this.entries("create", 0, 1000, "first");
    const objects = await this.present();
    assert.equal(Object.keys(objects).length, 1000);
    return objects;
  }

  async present(): Promise<Objects> {
    const text = await this.#lab.inside(
      this.#machine,
      `${kubectl} -n ledger get configmaps -l app=ledger -o json`,
    );
    const { items }: { items: ConfigMap[] } = JSON.parse(text);
    return Object.fromEntries(items.map((one) => [one.metadata.name, one]));
  }

  /** Has kubectl do something with the ConfigMaps from the number `from` up to `to`. */
  async entries(command: string, from: number, to: number, value: string): Promise<void> {
    await this.#lab.inside(
      this.#machine,
      `for i in $(seq ${from} ${to - 1}); do
        printf '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"entry-%s","namespace":"ledger","labels":{"app":"ledger"}},"data":{"value":"${value}-%s"}}\\n' $i $i
      done | ${kubectl} ${command} -f - >/dev/null`,
    );
  }

  /** 500 of the thousand objects are changed, 200 deleted and 100 new. */
  async change(): Promise<void> {
    await this.entries("replace", 0, 500, "changed");
    await this.entries("delete", 500, 700, "deleted");
    await this.entries("create", 1000, 1100, "new");
    const now = await this.present();
    assert.equal(Object.keys(now).length, 900);
    assert.equal(now["entry-0"]?.data.value, "changed-0");
  }
}
