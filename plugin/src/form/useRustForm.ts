import * as React from 'react';
import type { EditorAction, EditorKind, EditorProps, EditorUpdate, Form, FormEditor } from 'fireline-pages-wasm';
import { messageOf } from '../datasource/ask';
import type { FirelinePages } from '../wasm/load_pages';
import { attempt, release } from '../wasm/panic';

/** What a form may ask of the place where it stands. */
export interface FormHost {
  fetch(path: string, params: Record<string, string>): Promise<unknown>;
  change(value: Record<string, unknown>, run: boolean): void;
  /** Only where a form has secrets. */
  setSecret?(name: string, value: string): void;
}

/** A form whose state lives in Rust: gives it the props, runs its effects, returns what to draw. */
export function useRustForm(pages: FirelinePages, kind: EditorKind, props: EditorProps, host: FormHost) {
  const [form, setForm] = React.useState<Form>();
  const [failure, setFailure] = React.useState<string>();
  const editor = React.useRef<FormEditor>(undefined);
  const latest = React.useRef(host);
  latest.current = host;

  const step = React.useCallback((advance: (editor: FormEditor) => EditorUpdate) => {
    const current = editor.current;
    if (!current) {
      return;
    }
    const { value: update, failure } = attempt(pages, () => advance(current));
    if (!update) {
      setFailure(failure);
      return;
    }
    setForm(update.form);
    for (const effect of update.effects) {
      switch (effect.kind) {
        case 'change':
          latest.current.change(effect.value, effect.run);
          break;
        case 'fetch':
          latest.current.fetch(effect.path, effect.params).then(
            (body) => step((editor) => editor.dispatch({ kind: 'fetched', id: effect.id, body })),
            (cause) => step((editor) => editor.dispatch({ kind: 'fetchFailed', id: effect.id, message: messageOf(cause) }))
          );
          break;
        case 'setSecret':
          latest.current.setSecret?.(effect.name, effect.value);
          break;
        case 'wait':
          window.setTimeout(() => step((editor) => editor.dispatch({ kind: 'waited', millis: effect.millis })), effect.millis);
          break;
        default:
          effect satisfies never;
      }
    }
  }, [pages]);

  const key = JSON.stringify(props);
  React.useEffect(() => {
    const { value: created, failure } = attempt(pages, () => new pages.FormEditor(kind));
    editor.current = created;
    setFailure(failure);
    return () => {
      editor.current = undefined;
      release(pages, created);
    };
  }, [pages, kind]);
  React.useEffect(() => step((editor) => editor.setProps(JSON.parse(key))), [pages, kind, key, step]);

  const dispatch = React.useCallback((action: EditorAction) => step((editor) => editor.dispatch(action)), [step]);
  return { form, failure, dispatch };
}
