import { useEffect } from "react";
import type { IconName } from "../scan/icon_paths";
import { useDesk } from "./desk";
import { Icon } from "./icon";

const AGAIN_MS = 20_000;

/** Call `read` now and every now and then, for as long as there is a connection to read by. */
export function useReading(read: () => Promise<void>): void {
  const { view } = useDesk();
  const isOnline = view.link === "online";
  useEffect(() => {
    if (!isOnline) return;
    void read();
    const timer = setInterval(() => void read(), AGAIN_MS);
    return () => clearInterval(timer);
  }, [read, isOnline]);
}

export interface Choice {
  key: string;
  icon: IconName;
  name: string;
  details: string;
  /** That it was begun, and by whom. */
  mark: string | null;
  choose: () => void;
}

/** What may be begun or gone on with, each a large button. */
export function StartList({ title, choices }: { title: string; choices: readonly Choice[] }) {
  const { view, say } = useDesk();
  const isPossible = view.link === "online" && !view.isBusy;
  return (
    <section className="choices">
      <h2>{title}</h2>
      {view.hasListTrouble && <p className="trouble">{say("list_trouble")}</p>}
      <ul>
        {choices.map(({ key, icon, name, details, mark, choose }) => (
          <li key={key}>
            <button type="button" disabled={!isPossible} onClick={choose}>
              <Icon name={icon} size={32} />
              <span className="what">
                <b>{name}</b>
                <small>{details}</small>
              </span>
              {mark && <em className="mark">{mark}</em>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
