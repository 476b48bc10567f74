/** The product's controls. Everything from antd passes through here, so that its look is decided once. */
import {
  App,
  AutoComplete as AntAutoComplete,
  Button as AntButton,
  Checkbox as AntCheckbox,
  DatePicker as AntDatePicker,
  Drawer as AntDrawer,
  Dropdown as AntDropdown,
  Form as AntForm,
  Input as AntInput,
  InputNumber as AntInputNumber,
  Modal as AntModal,
  Pagination as AntPagination,
  Popover as AntPopover,
  Progress as AntProgress,
  Radio as AntRadio,
  Segmented as AntSegmented,
  Select as AntSelect,
  Switch as AntSwitch,
  Table as AntTable,
  Tabs as AntTabs,
  Tooltip as AntTooltip,
  Upload as AntUpload,
} from "antd";
import type {
  ButtonProps as AntButtonProps,
  DropdownProps,
  SegmentedProps,
  SelectProps as AntSelectProps,
  TableProps as AntTableProps,
} from "antd";

export const AutoComplete = AntAutoComplete;
export const Button = AntButton;
export const Checkbox = AntCheckbox;
export const DatePicker = AntDatePicker;
export const DateRangePicker = AntDatePicker.RangePicker;
export const Drawer = AntDrawer;
export const Menu = AntDropdown;
export const Form = AntForm;
export const Field = AntForm.Item;
export const Input = AntInput;
export const PasswordInput = AntInput.Password;
export const TextArea = AntInput.TextArea;
export const NumberInput = AntInputNumber;
export const Modal = AntModal;
export const Pagination = AntPagination;
export const Popover = AntPopover;
export const Progress = AntProgress;
export const Radio = AntRadio;
export const Segmented = AntSegmented;
export const Select = AntSelect;
export const Switch = AntSwitch;
export const Tabs = AntTabs;
export const Tooltip = AntTooltip;
export const FileDrop = AntUpload.Dragger;

export type ButtonProps = AntButtonProps;
export type MenuItems = NonNullable<DropdownProps["menu"]>["items"];
export type SelectProps<V = unknown> = AntSelectProps<V>;
export type SegmentedOptions = SegmentedProps["options"];
export type TableProps<Row> = AntTableProps<Row>;
export type Columns<Row> = NonNullable<AntTableProps<Row>["columns"]>;

/** A dense table without pages: rows scroll, numbers are right-aligned by the column's `align`. */
export function Table<Row extends object>(props: AntTableProps<Row>) {
  return <AntTable<Row> size="small" pagination={false} {...props} />;
}

/** Short messages and confirmations, in the theme in force. */
export function useNotify() {
  const { message, modal } = App.useApp();
  return { message, modal };
}
