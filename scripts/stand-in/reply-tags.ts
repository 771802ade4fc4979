import { accountId } from './account-id.ts';
import type { Privmsg } from './privmsg.ts';

/** The tags of an answer to `parent`, in the thread that `thread` began. */
export function replyTags(parent: Privmsg, thread: Privmsg): Readonly<Record<string, string>> {
  return {
    'reply-parent-display-name': parent.speaker.displayName,
    'reply-parent-msg-body': parent.text,
    'reply-parent-msg-id': parent.id,
    'reply-parent-user-id': accountId(parent.speaker.login),
    'reply-parent-user-login': parent.speaker.login,
    'reply-thread-parent-display-name': thread.speaker.displayName,
    'reply-thread-parent-msg-id': thread.id,
    'reply-thread-parent-user-id': accountId(thread.speaker.login),
    'reply-thread-parent-user-login': thread.speaker.login,
  };
}
