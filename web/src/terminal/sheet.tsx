import { Drawer } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useDesk } from "./desk";

/** Give the focus back to what had it before this was there. */
export function useFocusBack(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
}

/** A panel from the lower edge, where the thumb is. */
export function Sheet(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { say } = useDesk();
  useFocusBack();
  return (
    <Drawer
      opened
      onClose={props.onClose}
      position="bottom"
      // locking writes a style element, which the page's policy forbids
      lockScroll={false}
      title={props.title}
      closeButtonProps={{ "aria-label": say("close"), size: 44 }}
      transitionProps={{ duration: 120 }}
      classNames={{ content: "sheet", title: "sheet-title" }}
    >
      {props.children}
    </Drawer>
  );
}
