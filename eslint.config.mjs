import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', 'target/**', 'node_modules/**', 'e2e/test-results/**', 'e2e/playwright-report/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    rules: { '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }] },
  },
  {
    files: ['plugin/src/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', { max: 200, skipBlankLines: true }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['react-dom', 'react-dom/client', 'react/jsx-runtime', '@grafana/schema', 'lodash', 'moment'],
          patterns: ['@grafana/*/*'],
        },
      ],
    },
  }
);
