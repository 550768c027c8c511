import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useDesk } from "./desk";
import { Icon } from "./icon";

const LONGEST = 9;

/**
 * Large keys instead of the phone's keyboard, which would cover half of the page. A device that has
 * keys of its own is typed on: its digits arrive wherever the focus is, its Enter only at the number.
 */
export function NumberPad({
  value,
  label,
  onChange,
  onEnter,
}: {
  value: string;
  label: string;
  onChange: (value: string) => void;
  onEnter: () => void;
}) {
  const { say, preferred } = useDesk();
  const point = preferred.language === "ro" ? "," : ".";
  const add = (letter: string) => {
    if (value.length < LONGEST && !(letter === point && value.includes(point))) {
      onChange(value + letter);
    }
  };
  const press = ({ key, altKey, ctrlKey, metaKey, target }: KeyboardEvent) => {
    if (altKey || ctrlKey || metaKey) return;
    if (/^\d$/.test(key)) add(key);
    else if (key === "," || key === ".") add(point);
    else if (key === "Backspace") onChange(value.slice(0, -1));
    else if (key === "Enter" && target === number.current) onEnter();
  };
  const number = useRef<HTMLOutputElement>(null);
  const pressed = useRef(press);
  useEffect(() => {
    pressed.current = press;
  });
  useEffect(() => {
    const hear = (event: KeyboardEvent) => pressed.current(event);
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
  return (
    <div className="pad">
      <output ref={number} tabIndex={-1} data-autofocus aria-label={label} aria-live="polite">
        {value || "–"}
      </output>
      {[..."123456789"].map((digit) => (
        <Button key={digit} variant="default" onClick={() => add(digit)}>
          {digit}
        </Button>
      ))}
      <Button variant="default" aria-label={say("comma")} onClick={() => add(point)}>
        {point}
      </Button>
      <Button variant="default" onClick={() => add("0")}>
        0
      </Button>
      <Button
        variant="default"
        aria-label={say("delete_digit")}
        onClick={() => onChange(value.slice(0, -1))}
      >
        <Icon name="undo" />
      </Button>
    </div>
  );
}
