import { LOOKS } from "../scan/feedback";
import { lineIn } from "../scan/tally";
import { useDesk } from "./desk";
import { Icon } from "./icon";
import type { Feedback } from "./view";

/** The largest thing on the page: colour, sign and word for what came of the last scan. */
export function FeedbackArea({ hint }: { hint?: string }) {
  const { view, say } = useDesk();
  const { feedback } = view;
  if (!feedback) {
    return (
      <section className="feedback idle" role="status" aria-live="assertive">
        <Icon name="box" size={44} />
        <div>
          <strong>{say("ready")}</strong>
          <span>{hint ?? say("ready_hint")}</span>
        </div>
      </section>
    );
  }
  const look = LOOKS[feedback.kind];
  return (
    <section
      className="feedback"
      role="status"
      aria-live="assertive"
      data-kind={feedback.kind}
      style={{ backgroundColor: look.colour }}
    >
      {/* another key, so that the same outcome twice is seen as two */}
      <div key={feedback.id} className="flash">
        <Icon name={look.icon} size={44} />
        <div>
          <strong>{say(`feedback_${feedback.kind}`, { count: feedback.count ?? 0 })}</strong>
          <Details feedback={feedback} />
        </div>
        {view.isRepeat && <em className="mark repeat">{say("feedback_repeat")}</em>}
        {feedback.bin && <b className="bin">{say("bin", { bin: feedback.bin })}</b>}
      </div>
    </section>
  );
}

function Details({ feedback }: { feedback: Feedback }) {
  const { view, say, why, amount } = useDesk();
  const { code, line, picked, ordered, owner, heldBy, reason, about } = feedback;
  // the goods of a line that a scan began are named by the state that comes after its answer
  const name = feedback.name ?? lineIn(view.tally, line ?? null)?.name;
  const parts = [
    picked && ordered && say("of", { picked: amount(picked), ordered: amount(ordered) }),
    picked && !ordered && say("in_all", { picked: amount(picked) }),
    name ?? (code && say("code_read", { code })),
    owner && say("by", { owner }),
    heldBy && say("held_by", { order: heldBy }),
    reason && why(reason, about),
  ].filter(Boolean);
  return <span>{parts.join(" · ")}</span>;
}
