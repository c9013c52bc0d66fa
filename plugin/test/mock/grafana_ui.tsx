// Only named by what the tests import; nothing is drawn here.
const nothing = () => null;

export const Alert = nothing;
export const Button = nothing;
export const Combobox = nothing;
export const InlineField = nothing;
export const InlineSwitch = nothing;
export const Input = nothing;
export const LinkButton = nothing;
export const LoadingPlaceholder = nothing;
export const MultiCombobox = nothing;
export const RadioButtonGroup = nothing;
export const SecretInput = nothing;
export const Stack = nothing;
export const useStyles2 = () => ({});
