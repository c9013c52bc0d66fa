import * as React from 'react';
import { Combobox, InlineSwitch, Input, MultiCombobox, RadioButtonGroup, SecretInput } from '@grafana/ui';
import type { Choice, EditorAction, Field } from 'fireline-pages-wasm';
import { SelectorInput } from './SelectorInput';

interface Props {
  /** Ties the control to its label. */
  id: string;
  field: Field;
  dispatch: (action: EditorAction) => void;
}

/** One control of a form, drawn with Grafana's component of that kind. */
export function ControlView({ id, field, dispatch }: Props) {
  const control = field.control;
  const options = useOptions('choices' in control ? control.choices : none);
  const choose = (value: string) => dispatch({ kind: 'choose', field: field.id, value });
  switch (control.kind) {
    case 'select': {
      const shared = {
        id,
        value: control.value || null,
        options,
        placeholder: control.placeholder,
        createCustomValue: control.custom,
        loading: field.loading,
        invalid: Boolean(field.problem),
      };
      // A component of its own for each state: Grafana's would keep the spinner where icons load at the same time.
      const key = field.loading ? 'loading' : 'ready';
      return (
        <div style={{ width: 272, maxWidth: '100%' }}>
          {control.clearable ? (
            <Combobox key={key} {...shared} isClearable onChange={(chosen) => choose(chosen?.value ?? '')} />
          ) : (
            <Combobox key={key} {...shared} onChange={(chosen) => choose(chosen.value)} />
          )}
        </div>
      );
    }
    case 'multiSelect':
      return (
        // Grafana 11.6 does not tie its label to this component.
        <div role="group" aria-label={field.label} onFocus={() => dispatch({ kind: 'open', field: field.id })}>
          <MultiCombobox
            id={id}
            width="auto"
            minWidth={26}
            maxWidth={60}
            value={control.values}
            options={options}
            placeholder={control.placeholder}
            loading={field.loading}
            onChange={(chosen) => dispatch({ kind: 'chooseMany', field: field.id, values: chosen.map(({ value }) => value) })}
          />
        </div>
      );
    case 'radio':
      return (
        <div style={{ maxWidth: '100%', overflowX: 'auto' }}>
          <RadioButtonGroup id={id} value={control.value} options={options} onChange={choose} />
        </div>
      );
    case 'switch':
      return (
        <InlineSwitch
          id={id}
          value={control.on}
          onChange={(event) => dispatch({ kind: 'switch', field: field.id, on: event.currentTarget.checked })}
        />
      );
    case 'text':
    case 'expression':
      return <TextInput key={control.value} id={id} width={control.kind === 'text' ? 26 : undefined} text={control.value} placeholder={control.placeholder} onDone={choose} />;
    case 'secret':
      return <SecretInput id={id} width={26} isConfigured={control.isSet} onReset={() => choose('')} onBlur={({ currentTarget: { value } }) => value && choose(value)} />;
    case 'selector':
      return <SelectorInput id={id} field={field} control={control} dispatch={dispatch} />;
    default:
      return control satisfies never;
  }
}

const none: Choice[] = [];

/**
 * Choices as the components take them, without the second line that they would draw even when it is empty.
 * The same objects as long as they say the same: a combobox takes another object for another choice,
 * and writes it over what is being typed.
 */
function useOptions(choices: Choice[]) {
  const key = JSON.stringify(choices);
  return React.useMemo(
    () => choices.map(({ value, label, description }) => ({ value, label, description: description || undefined })),
    [key]
  );
}

interface TextProps {
  id: string;
  /** Undefined: as wide as there is room. */
  width?: number;
  text: string;
  placeholder: string;
  onDone: (text: string) => void;
}

function TextInput({ id, width, text, placeholder, onDone }: TextProps) {
  const done = (event: React.SyntheticEvent<HTMLInputElement>) =>
    event.currentTarget.value !== text && onDone(event.currentTarget.value);
  return (
    <Input
      id={id}
      width={width}
      defaultValue={text}
      placeholder={placeholder}
      onBlur={done}
      onKeyDown={(event) => event.key === 'Enter' && done(event)}
    />
  );
}
