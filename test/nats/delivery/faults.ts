import type { Rig } from './rig.ts';

/** Does harm, lets it work while `hold` lasts, and repairs it. */
export type Fault = (rig: Rig, hold: () => Promise<void>) => Promise<void>;

/** Of the password that {@link changedPassword} changes. */
export const LOGIN = 'bridge:first';

/** kill -9, and a new start on the same store. */
export const killed: Fault = async ({ server }, hold) => {
  await server.kill();
  await hold();
  await server.start();
};

/** SIGSTOP and SIGCONT: connections stay open, and nobody answers. */
export const frozen: Fault = async ({ server }, hold) => {
  await server.freeze();
  await hold();
  server.thaw();
};

/** RST to both sides; connections are refused meanwhile. */
export const cut: Fault = async ({ proxy }, hold) => {
  proxy.cut();
  await hold();
  await proxy.heal();
};

/** What is published gets lost, and nobody is told. */
export const deafServer: Fault = blackHole('to_server');

/** Acks get lost, and nobody is told. */
export const lostAcks: Fault = blackHole('to_client');

export const silentLink: Fault = blackHole('both');

/** Bytes dribble in, a few at a time. */
export const sliced: Fault = async ({ proxy, random }, hold) => {
  proxy.slice(7, random);
  await hold();
  await proxy.heal();
};

/** The password changes on the server alone, and changes back. */
export const changedPassword: Fault = async ({ server }, hold) => {
  await server.reload(usersWith('second'));
  await hold();
  await server.reload(usersWith('first'));
};

/** The users of a server for {@link changedPassword}. */
export function usersWith(password: string): string {
  return `authorization { users: [ { user: root, password: root }, { user: bridge, password: ${password} } ] }`;
}

function blackHole(direction: 'to_server' | 'to_client' | 'both'): Fault {
  return async ({ proxy }, hold) => {
    proxy.blackHole(direction);
    await hold();
    await proxy.heal();
  };
}
