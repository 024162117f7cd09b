/** What stands behind the service's servers. Names are the servers' own, unique in the service. */
export interface Computers {
  /** Makes a server that is off; answers the public address that it will have. */
  make(name: string, userData: string, sshKeys: readonly string[]): Promise<{ ip: string }>;
  makeNetwork(id: number, ipRange: string): Promise<void>;
  removeNetwork(id: number): Promise<void>;
  attach(name: string, network: number, ip: string): Promise<void>;
  powerOn(name: string): Promise<void>;
  powerOff(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Servers that are entries in a list and nothing else: for all that needs no machine behind them. */
export function noComputers(): Computers {
  let count = 10;
  const nothing = async () => {};
  return {
    make: async () => ({ ip: `192.0.2.${count++}` }),
    makeNetwork: nothing,
    removeNetwork: nothing,
    attach: nothing,
    powerOn: nothing,
    powerOff: nothing,
    remove: nothing,
    close: nothing,
  };
}
