import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { conversationQuery, keys, type Conversation, type Message, messagesQuery } from "./queries";

type MessagePages = InfiniteData<{ items: Message[] }, number>;
type ListPages = InfiniteData<{ items: Conversation[]; next_cursor: string | null }, string | null>;

/** Show a message that the service has just confirmed, without asking for all of them. */
export function addMessage(client: QueryClient, conversationId: string, message: Message): void {
  client.setQueryData<MessagePages>(messagesQuery(conversationId).queryKey, (pages) => {
    const [newest, ...older] = pages?.pages ?? [];
    if (!pages || !newest || newest.items.some((item) => item.id === message.id)) return pages;
    const items = [...newest.items, message].sort((one, other) => one.seq - other.seq);
    return { ...pages, pages: [{ ...newest, items }, ...older] };
  });
}

/** Show a conversation as the service answered it, in the thread and in every list that has it. */
export function putConversation(client: QueryClient, item: Conversation): void {
  client.setQueryData(conversationQuery(item.id).queryKey, item);
  client.setQueriesData<ListPages>({ queryKey: keys.lists }, (pages) =>
    pages && {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        items: page.items.map((other) => (other.id === item.id ? item : other)),
      })),
    },
  );
  void client.invalidateQueries({ queryKey: keys.lists });
}

/** Say in the lists how much of a conversation is unread. */
export function setUnread(client: QueryClient, id: string, unread: number): void {
  client.setQueriesData<ListPages>({ queryKey: keys.lists }, (pages) =>
    pages && {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        items: page.items.map((item) => (item.id === id ? { ...item, unread } : item)),
      })),
    },
  );
}

