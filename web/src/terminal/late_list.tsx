import { Button } from "@mantine/core";
import { LOOKS } from "../scan/feedback";
import { useDesk } from "./desk";
import { Icon } from "./icon";

/** Kept scans that the service did not count: they stay until somebody has seen them. */
export function LateList() {
  const { terminal, view, say, why } = useDesk();
  if (view.late.length === 0) return null;
  return (
    <section className="late" role="alert">
      <h2>{say("late_title")}</h2>
      <ul>
        {view.late.map(({ op, kind, code, reason, heldBy, about }) => (
          <li key={op}>
            <Icon name={LOOKS[kind].icon} size={20} />
            <span>
              {say(`feedback_${kind}`)}
              {reason && ` (${why(reason, about)})`}
              {heldBy && ` (${say("held_by", { order: heldBy })})`}
            </span>
            {code && <code>{code}</code>}
          </li>
        ))}
      </ul>
      <Button variant="white" color="dark" size="md" fullWidth onClick={() => terminal.noteLate()}>
        {say("understood")}
      </Button>
    </section>
  );
}
