import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { wallRule } from './test/architecture/walls.ts';

export default defineConfig(
  globalIgnores(['out/', 'data/', 'node_modules/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    },
  },
  ...vue.configs['flat/recommended'],
  {
    files: ['src-renderer/**/*.ts', 'src-renderer/**/*.vue'],
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        project: './src-renderer/tsconfig.json',
        parser: tseslint.parser,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: { 'no-console': ['error', { allow: ['error'] }], 'no-undef': 'off' },
  },
  {
    // vue-tsc knows the types inside of components; the linter sees a component as anything.
    files: ['src-renderer/**/*.vue'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      'vue/attributes-order': 'off',
      // Prettier's work.
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
    },
  },
  {
    files: ['test/dashboard/**/*.ts', 'test/screenshots/**/*.ts'],
    languageOptions: { parserOptions: { project: './test/dashboard/tsconfig.json' } },
  },
  {
    files: ['test/desktop/**/*.ts'],
    languageOptions: { parserOptions: { project: './test/desktop/tsconfig.json' } },
  },
  {
    files: ['src-renderer/vite.config.ts', 'src-renderer/contract-plugins.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
  },
  {
    files: ['resources/web/**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ['test/**'],
    rules: { 'max-lines-per-function': 'off', '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  {
    files: ['src-main/**', 'src-renderer/**', 'src-preload/**'],
    plugins: { architecture: { rules: { walls: wallRule } } },
    rules: { 'architecture/walls': 'error' },
  },
);
