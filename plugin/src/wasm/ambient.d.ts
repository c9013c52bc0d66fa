/** The AMD loader's own description of the module that asks: where it was loaded from. */
declare module 'amd-module' {
  const amdModule: { uri: string };
  export default amdModule;
}
