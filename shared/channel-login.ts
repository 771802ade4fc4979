import { remembered } from './remembered.ts';

/** The login in a channel parameter: `#Name` → `name`. It is asked of every line, and there are few channels. */
export const channelLogin = remembered((param) => param.slice(1).toLowerCase(), 4096);
