import { ActionIcon } from "@mantine/core";
import { useDesk } from "./desk";
import { Icon } from "./icon";

/** Where one is, whether the service hears, and what has not reached it yet. */
export function TopBar({ title, onSettings }: { title: string; onSettings: () => void }) {
  const { view, say } = useDesk();
  const isOnline = view.link === "online";
  return (
    <>
      <header className="top">
        <h1>{title}</h1>
        {view.waiting > 0 && (
          <span className="waiting" role="status">
            {say("waiting", { count: view.waiting })}
          </span>
        )}
        <span
          className={isOnline ? "link on" : "link"}
          role="img"
          aria-label={say(isOnline ? "online" : "connecting")}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size={48}
          aria-label={say("settings")}
          onClick={onSettings}
        >
          <Icon name="settings" />
        </ActionIcon>
      </header>
      {view.link === "offline" && (
        <div className="offline" role="status">
          <Icon name="no_link" size={20} /> {say("offline")}
        </div>
      )}
    </>
  );
}
