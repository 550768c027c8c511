import { Button } from "@mantine/core";
import type { Step } from "../scan/walk";
import { useDesk } from "./desk";
import { Icon } from "./icon";

/** The line one stands before: where, what, how many. */
export function StepCard({ step, hasBins }: { step: Step; hasBins: boolean }) {
  const { terminal, say, amount } = useDesk();
  const { line, order } = step;
  const counts = say("of", { picked: amount(line.picked), ordered: amount(line.ordered) });
  return (
    <section className={`step ${step.state}`} aria-label={say("to_pick")} data-line={step.id}>
      <div className="place">
        <span className="location">{line.location || say("no_location")}</span>
        {hasBins && order.bin && <b className="bin">{say("bin", { bin: order.bin })}</b>}
      </div>
      <div className="goods">
        <Picture address={line.image} />
        <div>
          <h2>{line.name}</h2>
          <code>{line.code}</code>
        </div>
      </div>
      {step.state === "put_back" ? (
        <div className="back">
          <strong>{say("put_back_title")}</strong>
          <Button
            size="xl"
            fullWidth
            color="red"
            leftSection={<Icon name="put_back" />}
            onClick={() => void terminal.picking.putBack(line.line, line.to_put_back)}
          >
            {say("put_back_do", { quantity: amount(line.to_put_back) })}
          </Button>
        </div>
      ) : (
        <p className="counts" role="img" aria-label={counts}>
          <b>{amount(line.picked)}</b>
          <span>/ {amount(line.ordered)}</span>
          <Short step={step} />
        </p>
      )}
    </section>
  );
}

export function Short({ step }: { step: Step }) {
  const { say, amount } = useDesk();
  const { short_picked } = step.line;
  if (short_picked === "0") return null;
  return <em className="mark">{say("short_mark", { quantity: amount(short_picked) })}</em>;
}

export function Picture({ address }: { address: string | null }) {
  if (!address) {
    return (
      <span className="picture">
        <Icon name="box" size={40} />
      </span>
    );
  }
  return <img className="picture" src={address} alt="" loading="lazy" />;
}
