// Draws one dashboard's panels from its JSON and the answers of Prometheus, with Grafana's own components.
// `window.PREVIEW` is { dashboard, data: { "<panel id>": [answer of each target] }, from, to, note } (times in ms).
import {
  applyFieldOverrides, createTheme, DataFrame, dateTime, EventBusSrv, FieldConfigOptionsRegistry, FieldType, getFieldDisplayName, getFieldDisplayValues,
  standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame,
} from '@grafana/data';
import {
  BarGauge, BigValue, GlobalStyles, PanelChrome, PanelContextProvider, ThemeContext, TimeSeries,
} from '@grafana/ui';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { firstValueFrom } from 'rxjs';

const { dashboard, data, from, to, note } = (window as any).PREVIEW;
const CELL = 30, GAP = 8, WIDTH = 1600, HEAD = 44;
const COLUMN = (WIDTH + GAP) / 24;
const theme = createTheme({ colors: { mode: 'dark' } });
const timeRange = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };
const timeZone = 'utc';
const bus = new EventBusSrv();

standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer,
   standardTransformers.filterFieldsByNameTransformer, standardTransformers.renameFieldsTransformer,
   standardTransformers.orderFieldsTransformer].map((transformation: any) =>
    ({ id: transformation.id, name: transformation.name, editor: () => null, transformation: async () => transformation })) as any);

// Which properties an override may set; the panels of Grafana register the same.
const registry = new FieldConfigOptionsRegistry(() =>
  ['unit', 'decimals', 'color', 'thresholds', 'mappings', 'noValue', 'min', 'max'].map((id) => option(id, id, false))
    .concat(['cellOptions', 'lineWidth', 'fillOpacity', 'showPoints', 'spanNulls', 'stacking', 'scaleDistribution', 'thresholdsStyle']
      .map((id) => option(`custom.${id}`, id, true))));
function option(id: string, path: string, isCustom: boolean): any {
  return { id, path, isCustom, name: id, category: [], editor: () => null, override: () => null,
           process: (value: any) => value, shouldApply: () => true, getItemsCount: () => 1 };
}

function named(format: string, labels: Record<string, string>): string {
  return format.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? '');
}

function timeFrames(panel: any): DataFrame[] {
  return panel.targets.flatMap((target: any, number: number) => (data[panel.id][number] ?? []).map((series: any) => {
    const samples = series.values ?? [series.value];
    const name = named(target.legendFormat, series.metric) || target.refId;
    return toDataFrame({ refId: target.refId, name, fields: [
      { name: 'Time', type: FieldType.time, values: samples.map((s: any) => s[0] * 1000) },
      { name: 'Value', type: FieldType.number, labels: series.metric, values: samples.map((s: any) => s[1] === 'NaN' ? null : Number(s[1])),
        config: { displayNameFromDS: name } },
    ] });
  }));
}

function tableFrames(panel: any): DataFrame[] {
  const several = panel.targets.length > 1;
  return panel.targets.map((target: any, number: number) => {
    const series = data[panel.id][number] ?? [];
    const labels = [...new Set<string>(series.flatMap((s: any) => Object.keys(s.metric)))];
    return toDataFrame({ refId: target.refId, fields: [
      { name: 'Time', type: FieldType.time, values: series.map(() => to) },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: series.map((s: any) => s.metric[label]) })),
      { name: several ? `Value #${target.refId}` : 'Value', type: FieldType.number,
        values: series.map((s: any) => Number(s.value[1])) },
    ] });
  });
}

function overridden(panel: any, frames: DataFrame[]): DataFrame[] {
  return applyFieldOverrides({ data: frames, fieldConfig: panel.fieldConfig, replaceVariables: (v: string) => v, theme,
                               timeZone, fieldConfigRegistry: registry });
}

function empty(panel: any) {
  return <div style={{ margin: 'auto', padding: 24, textAlign: 'center', color: theme.colors.text.secondary }}>
    {panel.fieldConfig.defaults.noValue ?? 'No data'}</div>;
}

// A plain table: Grafana's own measures itself in ways that a lone page does not offer. Texts and colours are Grafana's.
function table(panel: any, frame: DataFrame, height: number) {
  const fields = frame.fields.filter((field) => field.type !== FieldType.time);
  const sort = panel.options.sortBy?.[0];
  const by = fields.find((field) => getFieldDisplayName(field, frame) === sort?.displayName);
  const rows = [...Array(frame.length).keys()];
  if (by) { rows.sort((a, b) => (Number(by.values[b] ?? -1) - Number(by.values[a] ?? -1)) * (sort.desc ? 1 : -1)); }
  const line = { borderBottom: `1px solid ${theme.colors.border.weak}`, padding: '0 8px', height: 30, whiteSpace: 'nowrap' as const };
  return <div style={{ height, overflow: 'hidden' }}><table style={{ width: '100%', borderCollapse: 'collapse', fontSize: 13 }}>
    <thead><tr>{fields.map((field) => <th key={field.name} style={{ ...line, color: theme.colors.primary.text,
      textAlign: field.type === FieldType.number ? 'right' : 'left' }}>{getFieldDisplayName(field, frame)}</th>)}</tr></thead>
    <tbody>{rows.map((row) => <tr key={row}>{fields.map((field) => {
      const value = field.values[row];
      const shown = value == null ? { text: '', color: undefined } : field.display!(value);
      const filled = (field.config.custom?.cellOptions?.type === 'color-background') && value != null && shown.color;
      const text = [(shown as any).prefix, shown.text, (shown as any).suffix].filter(Boolean).join('');
      return <td key={field.name} style={{ ...line, textAlign: field.type === FieldType.number ? 'right' : 'left',
        ...(filled ? { background: shown.color, color: theme.colors.getContrastText(shown.color!) } : {}) }}>{text}</td>;
    })}</tr>)}</tbody>
  </table></div>;
}

function body(panel: any, frames: DataFrame[], width: number, height: number) {
  const values = () => getFieldDisplayValues({
    data: frames, fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: (v: string) => v,
    theme, timeZone, sparkline: panel.type === 'stat' && panel.options.graphMode === 'area',
  } as any);
  if (panel.type === 'stat') {
    const [value] = frames.length ? values() : [];
    const shown = value?.display ?? { text: panel.fieldConfig.defaults.noValue, numeric: NaN, color: theme.colors.text.disabled };
    return <BigValue value={shown as any} width={width} height={height} theme={theme} colorMode={panel.options.colorMode}
      graphMode={value ? panel.options.graphMode : 'none'} justifyMode={panel.options.justifyMode} textMode={panel.options.textMode}
      sparkline={value?.sparkline} />;
  }
  if (!frames.length || frames.every((frame) => frame.length === 0)) { return empty(panel); }
  if (panel.type === 'bargauge') {
    const all = values();
    const each = Math.min(34, height / all.length);
    const labels = Math.min(240, Math.max(...all.map((v) => (v.display.title ?? '').length)) * 7.5 + 12);
    return <div>{all.map((value, number) =>
      <div key={number} style={{ display: 'flex', height: each, alignItems: 'center' }}>
        <div style={{ width: labels, flexShrink: 0, fontSize: 13, overflow: 'hidden', textOverflow: 'ellipsis' }}>{value.display.title}</div>
        <BarGauge value={{ ...value.display, title: undefined } as any} field={value.field as any} width={width - labels}
          height={each - 4} theme={theme} orientation={panel.options.orientation} displayMode={panel.options.displayMode}
          showUnfilled={panel.options.showUnfilled} itemSpacing={2} alignmentFactors={{ title: '', text: '000.00 K' }} />
      </div>)}</div>;
  }
  if (panel.type === 'table') { return table(panel, frames[0], height); }
  return <PanelContextProvider value={{ eventsScope: 'preview', eventBus: bus } as any}>
    <TimeSeries frames={frames} width={width} height={height} timeRange={timeRange as any} timeZone={timeZone}
      legend={panel.options.legend} options={panel.options} />
  </PanelContextProvider>;
}

// A panel that cannot be drawn must not take the others with it, nor pass for a picture.
class Guard extends React.Component<any, { error?: Error }> {
  state = { error: undefined as Error | undefined };
  static getDerivedStateFromError(error: Error) { return { error }; }
  render() {
    const { error } = this.state;
    return error ? <pre>FAILED: {error.stack}</pre> : this.props.children;
  }
}

function Panel({ panel, frames }: any) {
  const { x, y, w, h } = panel.gridPos;
  const width = w * COLUMN - GAP, height = h * (CELL + GAP) - GAP;
  const place: any = { position: 'absolute', left: x * COLUMN, top: HEAD + y * (CELL + GAP), width, height };
  if (panel.type === 'row') {
    return <div style={{ ...place, fontSize: 16, lineHeight: `${height}px`, color: theme.colors.text.primary }}>▾ {panel.title}</div>;
  }
  return <div style={place}>
    <PanelChrome title={panel.title} width={width} height={height} padding="md">
      {(inner: number, tall: number) => body(panel, frames, inner, tall)}
    </PanelChrome>
  </div>;
}

async function main() {
  const panels = await Promise.all(dashboard.panels.map(async (panel: any) => {
    if (panel.type === 'row') { return { panel, frames: [] }; }
    let frames = panel.type === 'table' ? tableFrames(panel) : timeFrames(panel);
    if (panel.transformations) { frames = await firstValueFrom(transformDataFrame(panel.transformations, frames)); }
    return { panel, frames: overridden(panel, frames) };
  }));
  const bottom = Math.max(...dashboard.panels.map((p: any) => p.gridPos.y + p.gridPos.h));
  const height = HEAD + bottom * (CELL + GAP);
  document.body.style.cssText = `margin:16px;width:${WIDTH}px;height:${height}px;background:${theme.colors.background.canvas}`;
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div style={{ position: 'relative', width: WIDTH, height, fontFamily: theme.typography.fontFamily, color: theme.colors.text.primary }}>
        <div style={{ display: 'flex', justifyContent: 'space-between', fontSize: 20, height: HEAD }}>
          <span>{dashboard.title}</span><span style={{ fontSize: 12, color: theme.colors.text.secondary }}>{note}</span>
        </div>
        {panels.map(({ panel, frames }: any) => <Guard key={panel.id}><Panel panel={panel} frames={frames} /></Guard>)}
      </div>
    </ThemeContext.Provider>);
  document.title = `height ${height + 32}`;
}

main().catch((error) => { document.body.innerText = `FAILED: ${error.stack}`; });
